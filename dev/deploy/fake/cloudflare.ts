import { type Context, Hono } from "hono";
import { Account } from "./account.ts";
import { Refused } from "./answers.ts";
import { forWrangler } from "./for-wrangler.ts";
import { storage } from "./storage.ts";
import { workers } from "./workers.ts";
import { zones } from "./zones.ts";

export type FakeCall = { method: string; path: string; status: number };

/**
 * Cloudflare's API with one account: it keeps what it is told, refuses what it does not document, and writes down each call.
 * `fetch` answers requests to any host.
 */
export class FakeCloudflare {
  readonly accountId = "0123456789abcdef0123456789abcdef";
  readonly token = "a-token-of-the-api";
  readonly account: Account;
  readonly calls: FakeCall[] = [];
  readonly #app: Hono;

  constructor(zones: readonly { id: string; name: string }[] = []) {
    this.account = new Account(zones);
    this.#app = this.#routes();
  }

  /** The calls that changed something, or were meant to. */
  get changes(): string[] {
    const isQuestion = ({ method, path }: FakeCall) => method === "GET" || path.endsWith("/query");
    return this.calls.filter((call) => !isQuestion(call)).map(({ method, path }) => `${method} ${path}`);
  }

  /** Calls that were refused for their form, or that the fake knows nothing of. */
  get faulty(): FakeCall[] {
    return this.calls.filter(({ status }) => status === 400 || status === 401 || status === 501);
  }

  readonly fetch = async (request: Request): Promise<Response> => {
    const { pathname } = new URL(request.url);
    const answer = await this.#app.fetch(request);
    const path = pathname.replace("/client/v4", "").replace(`/accounts/${this.accountId}`, "");
    this.calls.push({ method: request.method, path, status: answer.status });
    return answer;
  };

  close(): void {
    this.account.close();
  }

  #routes(): Hono {
    const app = new Hono().basePath("/client/v4");
    app.onError((error, c) => refuse(c, error));
    app.notFound((c) => refuse(c, new Refused(501, 7000, `The fake has no ${c.req.method} ${c.req.path}.`)));
    app.use(async (c, next) => {
      const isOurs = c.req.header("authorization") === `Bearer ${this.token}`;
      const isForAssets = c.req.path.endsWith("/workers/assets/upload");
      if (!isOurs && !isForAssets) throw new Refused(401, 10000, "Authentication error");
      await next();
    });
    app.route("/", zones(this.account, this.accountId));
    for (const routes of [storage, workers, forWrangler]) {
      app.route(`/accounts/${this.accountId}`, routes(this.account));
    }
    return app;
  }
}

function refuse(c: Context, error: Error): Response {
  const { status, code } = error instanceof Refused ? error : { status: 500 as const, code: 10000 };
  return c.json({ success: false, errors: [{ code, message: error.message }], messages: [], result: null }, status);
}
