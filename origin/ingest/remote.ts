/** The address of a peer, IPv4 in its plain form also where the socket is IPv6. */
export function addressOf(socket: { remoteAddress?: string | undefined }): string {
  return (socket.remoteAddress ?? "unknown").replace(/^::ffff:(?=\d+\.)/, "");
}

/** "ip:port" of a peer, for the log. */
export function remoteOf(socket: { remoteAddress?: string | undefined; remotePort?: number | undefined }): string {
  const address = addressOf(socket);
  return `${address.includes(":") ? `[${address}]` : address}:${socket.remotePort ?? 0}`;
}
