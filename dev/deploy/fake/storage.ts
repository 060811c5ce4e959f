import { Hono } from "hono";
import type { Account } from "./account.ts";
import { answered, bodyOf, Refused } from "./answers.ts";
import { Cors, Lifecycle, NewBucket, NewBucketDomain, NewDatabase, Query } from "./shapes.ts";

const WEEK_S = 604_800;

/** R2 buckets with their lifecycle rules, and D1 databases, which are real SQLite. */
export function storage(account: Account): Hono {
  const routes = new Hono();
  const bucketOf = (name: string) => {
    const bucket = account.buckets.get(name);
    if (!bucket) throw new Refused(404, 10006, "The specified bucket does not exist.");
    return bucket;
  };
  const databaseOf = (id: string) => {
    const database = account.databases.get(id);
    if (!database) throw new Refused(404, 7404, "The database was not found.");
    return database;
  };

  routes.get("/r2/buckets/:name", (c) => {
    const name = c.req.param("name");
    const { location } = bucketOf(name);
    return answered(c, { name, location, creation_date: "2026-11-22T00:00:00Z", storage_class: "Standard" });
  });
  routes.post("/r2/buckets", async (c) => {
    const { name, locationHint = null } = await bodyOf(c, NewBucket);
    if (account.buckets.has(name)) throw new Refused(409, 10004, "The bucket you tried to create already exists.");
    const abort = { condition: { type: "Age" as const, maxAge: WEEK_S } };
    const byDefault = { id: "Default Multipart Abort Rule", enabled: true, conditions: { prefix: "" } };
    account.buckets.set(name, {
      location: locationHint,
      rules: [{ ...byDefault, abortMultipartUploadsTransition: abort }],
      domains: [],
      cors: null,
    });
    return answered(c, { name });
  });
  routes.get("/r2/buckets/:name/lifecycle", (c) => answered(c, { rules: bucketOf(c.req.param("name")).rules }));
  routes.put("/r2/buckets/:name/lifecycle", async (c) => {
    const bucket = bucketOf(c.req.param("name"));
    bucket.rules = (await bodyOf(c, Lifecycle)).rules;
    return answered(c, {});
  });

  routes.get("/r2/buckets/:name/domains/custom", (c) =>
    answered(c, { domains: bucketOf(c.req.param("name")).domains }),
  );
  routes.post("/r2/buckets/:name/domains/custom", async (c) => {
    const bucket = bucketOf(c.req.param("name"));
    const { domain, zoneId, enabled } = await bodyOf(c, NewBucketDomain);
    if (account.zones.every(({ id }) => id !== zoneId)) throw new Refused(400, 10045, "The zone is another one.");
    bucket.domains.push({ domain, zoneId, enabled });
    return answered(c, { domain, enabled });
  });
  routes.get("/r2/buckets/:name/cors", (c) => {
    const { cors } = bucketOf(c.req.param("name"));
    if (cors === null) throw new Refused(404, 10059, "The CORS configuration does not exist.");
    return answered(c, { rules: cors });
  });
  routes.put("/r2/buckets/:name/cors", async (c) => {
    bucketOf(c.req.param("name")).cors = (await bodyOf(c, Cors)).rules;
    return answered(c, {});
  });

  routes.get("/d1/database", (c) => {
    const wanted = c.req.query("name") ?? "";
    const found = [...account.databases].filter(([, { name }]) => name.startsWith(wanted));
    return answered(
      c,
      found.map(([uuid, { name }]) => ({ uuid, name, created_at: "2026-11-22T00:00:00Z", version: "production" })),
    );
  });
  routes.post("/d1/database", async (c) => {
    const { name, primary_location_hint: location = null } = await bodyOf(c, NewDatabase);
    const isTaken = [...account.databases.values()].some((database) => database.name === name);
    if (isTaken) throw new Refused(400, 7502, "A database with this name already exists.");
    return answered(c, { uuid: account.makeDatabase(name, location), name });
  });
  routes.post("/d1/database/:id/query", async (c) => {
    const { sql: database } = databaseOf(c.req.param("id"));
    const { batch } = await bodyOf(c, Query);
    database.exec("BEGIN");
    try {
      const results = batch.map(({ sql, params }) => database.prepare(sql).all(...params));
      database.exec("COMMIT");
      return answered(
        c,
        results.map((rows) => ({ success: true, results: rows, meta: {} })),
      );
    } catch (thrown) {
      database.exec("ROLLBACK");
      throw new Refused(400, 7500, String(thrown));
    }
  });
  return routes;
}
