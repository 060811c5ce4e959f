import { Hono } from "hono";
import { html } from "hono/html";
import type { ControlEnv } from "./router.ts";

/** Scripts, styles and requests of this Worker alone; Swagger UI sets styles inline. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

const page = html`<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>Radio Dream: control API</title>
    <link rel="icon" href="data:,">
    <link rel="stylesheet" href="/docs/swagger-ui.css">
  </head>
  <body>
    <div id="docs"><p>The same for machines: <a href="/api/v1/openapi.json">openapi.json</a></p></div>
    <script src="/docs/swagger-ui-bundle.js"></script>
    <script src="/docs/init.js"></script>
  </body>
</html>`;

/** The API, readable: Swagger UI out of the Worker's own static assets. */
export const docs = new Hono<ControlEnv>()
  .get("/api/v1/docs", (c) => {
    c.header("Content-Security-Policy", POLICY);
    return c.html(page);
  })
  .get("/docs/:file{[a-z-]+\\.(?:js|css)}", async (c) => {
    const asset = await c.env.ASSETS.fetch(c.req.raw);
    return new Response(asset.body, asset);
  });
