/** Address of something that an origin serves below its public URL, which may have a path of its own. */
export function originAddress(originUrl: string, path: string): string {
  return `${originUrl.replace(/\/+$/, "")}/${path}`;
}
