export class TooLargeError extends Error {
  override name = "TooLargeError";
}

/** The whole body, or a TooLargeError as soon as it is known to exceed `maxBytes`, whatever its sender declared. */
export async function readBounded(message: Request | Response, maxBytes: number): Promise<ArrayBuffer> {
  const tooLarge = () => new TooLargeError(`more than ${maxBytes} bytes`);
  if (Number(message.headers.get("content-length") ?? 0) > maxBytes) {
    await message.body?.cancel();
    throw tooLarge();
  }
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of (message.body ?? []) as AsyncIterable<Uint8Array>) {
    length += chunk.byteLength;
    if (length > maxBytes) throw tooLarge();
    chunks.push(chunk);
  }
  const whole = new Uint8Array(length);
  let offset = 0;
  for (const chunk of chunks) {
    whole.set(chunk, offset);
    offset += chunk.byteLength;
  }
  return whole.buffer;
}
