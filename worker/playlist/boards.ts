import type { StationSlug } from "../../contracts/names.ts";
import type { Routing } from "../../contracts/routing.ts";
import { Board } from "./board.ts";

/** One board for each routed station. */
export class Boards {
  readonly #boards = new Map<StationSlug, Board>();
  #routing: Routing | null = null;

  of(routing: Routing, slug: StationSlug): Board {
    if (this.#routing !== routing) this.#forgetAllBut(routing);
    let board = this.#boards.get(slug);
    if (board === undefined) {
      board = new Board(slug);
      this.#boards.set(slug, board);
    }
    return board;
  }

  #forgetAllBut(routing: Routing): void {
    this.#routing = routing;
    for (const slug of this.#boards.keys()) {
      if (!Object.hasOwn(routing.stations, slug)) this.#boards.delete(slug);
    }
  }
}
