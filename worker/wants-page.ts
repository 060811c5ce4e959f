/** Whether the caller is a browser that shows pages, rather than a program that wants JSON. */
export function wantsPage(request: Request): boolean {
  return (request.headers.get("accept") ?? "").includes("text/html");
}

/** For `/`, which is a page unless JSON is asked for. */
export function wantsJson(request: Request): boolean {
  return (request.headers.get("accept") ?? "").includes("application/json") && !wantsPage(request);
}
