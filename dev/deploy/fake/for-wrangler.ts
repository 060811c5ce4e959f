import { Hono } from "hono";
import type { Account } from "./account.ts";
import { answered, bodyOf, Refused } from "./answers.ts";
import * as shapes from "./shapes.ts";

/** What wrangler asks besides the upload itself: services, Workers, assets. */
export function forWrangler(account: Account): Hono {
  const routes = new Hono();
  const scriptOf = (name: string) => {
    const script = account.scripts.get(name);
    if (!script) throw new Refused(404, 10007, "This Worker does not exist on your account.");
    return script;
  };

  routes.get("/workers/services/:name", (c) => {
    const { migrationTag } = scriptOf(c.req.param("name"));
    const script = { id: c.req.param("name"), tag: "tag", last_deployed_from: "wrangler" };
    const environment = { environment: "production", script: { ...script, migration_tag: migrationTag ?? undefined } };
    return answered(c, { id: c.req.param("name"), default_environment: environment });
  });
  routes.get("/workers/scripts", (c) => {
    const listed = [...account.scripts].map(([id, { migrationTag }]) => ({ id, migration_tag: migrationTag }));
    return answered(c, listed);
  });

  routes.post("/workers/scripts/:name/assets-upload-session", async (c) => {
    const { manifest } = await bodyOf(c, shapes.AssetManifest);
    const wanted = [...new Set(Object.values(manifest).map(({ hash }) => hash))].filter(
      (hash) => !account.assets.has(hash),
    );
    const buckets = wanted.length === 0 ? [] : [wanted];
    return answered(c, { jwt: "assets-jwt", buckets });
  });
  routes.post("/workers/assets/upload", async (c) => {
    if (c.req.query("base64") !== "true") throw new Refused(400, 10001, "Assets are to be in base64.");
    for (const [hash, content] of await c.req.formData()) account.assets.set(hash, content);
    return c.json({ success: true, errors: [], messages: [], result: { jwt: "assets-done-jwt" } }, 201);
  });

  routes.get("/workers/workers/:name", (c) => {
    const name = c.req.param("name");
    const { isOnWorkersDev } = scriptOf(name);
    return answered(c, { id: name, name, subdomain: { enabled: isOnWorkersDev, previews_enabled: false } });
  });
  return routes;
}
