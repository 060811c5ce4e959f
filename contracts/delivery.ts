import { z } from "zod";

/**
 * The way a station takes to its listeners. `edge`: playlists and segments through the edge Worker. `segments`: the
 * Worker serves playlists alone, which name segments where the bucket is open to everyone. `static`: playlists lie there too.
 */
export const Delivery = z.enum(["edge", "segments", "static"]);
export type Delivery = z.infer<typeof Delivery>;
