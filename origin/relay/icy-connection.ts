import { Duplex } from "node:stream";

const ICY = Buffer.from("ICY ");
const HTTP = Buffer.from("HTTP/1.0 ");

/** A connection on which the status line of SHOUTcast, "ICY 200 OK", reads as HTTP/1.0, and all else as it is. */
export function asHttp(connection: Duplex): Duplex {
  let beginning: Buffer | null = Buffer.alloc(0);
  const translated = new Duplex({
    read: () => connection.resume(),
    write: (chunk: Buffer, encoding, done) => connection.write(chunk, encoding, done),
    final: (done) => connection.end(done),
    destroy(error, done) {
      connection.destroy();
      done(error);
    },
  });
  const pass = (chunk: Buffer) => {
    if (!translated.push(chunk)) connection.pause();
  };
  connection.on("data", (chunk: Buffer) => {
    if (beginning === null) return pass(chunk);
    beginning = Buffer.concat([beginning, chunk]);
    if (beginning.length < ICY.length) return;
    const isIcy = beginning.subarray(0, ICY.length).equals(ICY);
    pass(isIcy ? Buffer.concat([HTTP, beginning.subarray(ICY.length)]) : beginning);
    beginning = null;
  });
  connection.on("end", () => translated.push(null));
  connection.on("error", (error) => translated.destroy(error));
  connection.on("close", () => translated.destroy());
  return translated;
}
