import { Hono } from "hono";
import type { Account } from "./account.ts";
import { answered, bodyOf, Refused } from "./answers.ts";
import { CacheRule, CacheRules } from "./shapes.ts";

const PHASE = "/zones/:zone/rulesets/phases/http_request_cache_settings/entrypoint";

/** The account's zones, and the rules of their caches. */
export function zones(account: Account, accountId: string): Hono {
  const routes = new Hono();
  const zoneOf = (wanted: string) => {
    const zone = account.zones.find(({ id }) => id === wanted);
    if (!zone) throw new Refused(404, 1001, "There is no such zone.");
    return zone;
  };
  routes.get("/zones", (c) => {
    if (c.req.query("account.id") !== accountId) throw new Refused(400, 10001, "Of which account?");
    const name = c.req.query("name");
    return answered(
      c,
      account.zones.filter((zone) => zone.name === name),
    );
  });
  routes.get(PHASE, (c) => {
    const rules = account.cacheRules.get(zoneOf(c.req.param("zone")).id);
    if (!rules) throw new Refused(404, 10003, "could not find entrypoint ruleset in the phase");
    return answered(c, { id: `rules-of-${c.req.param("zone")}`, rules });
  });
  routes.put(PHASE, async (c) => {
    const { rules } = await bodyOf(c, CacheRules);
    account.cacheRules.set(zoneOf(c.req.param("zone")).id, rules);
    return answered(c, { id: `rules-of-${c.req.param("zone")}`, rules });
  });
  routes.post("/zones/:zone/rulesets/:ruleset/rules", async (c) => {
    const zone = zoneOf(c.req.param("zone"));
    const rules = account.cacheRules.get(zone.id);
    if (!rules || c.req.param("ruleset") !== `rules-of-${zone.id}`) throw new Refused(404, 10003, "No such ruleset.");
    rules.push(await bodyOf(c, CacheRule));
    return answered(c, { id: c.req.param("ruleset"), rules });
  });
  return routes;
}
