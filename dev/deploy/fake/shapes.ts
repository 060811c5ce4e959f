import { z } from "zod";

/**
 * Bodies of requests as Cloudflare's API documents them (its OpenAPI description, as the SDK `cloudflare` 7 has it), and not
 * one field more, so that a slip of the pen is refused here and not in somebody's account.
 */

const ResourceName = z.string().regex(/^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/);
const Location = z.enum(["apac", "eeur", "enam", "weur", "wnam", "oc"]);
const Age = z.strictObject({ type: z.literal("Age"), maxAge: z.int().positive() });

export const NewBucket = z.strictObject({
  name: ResourceName,
  locationHint: Location.optional(),
  storageClass: z.enum(["Standard", "InfrequentAccess"]).optional(),
});

export const Lifecycle = z.strictObject({
  rules: z
    .array(
      z.strictObject({
        id: z.string().min(1).max(255),
        enabled: z.boolean(),
        conditions: z.strictObject({ prefix: z.string() }),
        deleteObjectsTransition: z.strictObject({ condition: Age }).optional(),
        abortMultipartUploadsTransition: z.strictObject({ condition: Age }).optional(),
      }),
    )
    .max(1_000),
});
export type Lifecycle = z.infer<typeof Lifecycle>;

export const NewBucketDomain = z.strictObject({
  domain: z.hostname(),
  zoneId: z.string(),
  enabled: z.boolean(),
  minTLS: z.enum(["1.0", "1.1", "1.2", "1.3"]).optional(),
});

const Method = z.enum(["GET", "PUT", "POST", "DELETE", "HEAD"]);
export const Cors = z.strictObject({
  rules: z.array(
    z.strictObject({
      allowed: z.strictObject({
        methods: z.array(Method),
        origins: z.array(z.string()),
        headers: z.array(z.string()).optional(),
      }),
      id: z.string().optional(),
      exposeHeaders: z.array(z.string()).optional(),
      maxAgeSeconds: z.int().optional(),
    }),
  ),
});
export type Cors = z.infer<typeof Cors>;

const Ttl = z.enum(["respect_origin", "bypass_by_default", "override_origin"]);
export const CacheRule = z.strictObject({
  description: z.string(),
  expression: z.string(),
  enabled: z.boolean(),
  action: z.literal("set_cache_settings"),
  action_parameters: z.strictObject({
    cache: z.boolean(),
    edge_ttl: z.strictObject({
      mode: Ttl,
      status_code_ttl: z.array(z.strictObject({ status_code: z.int(), value: z.int().min(-1) })).optional(),
    }),
    browser_ttl: z.strictObject({ mode: z.enum(["respect_origin", "bypass", "override_origin"]) }),
  }),
});
export type CacheRule = z.infer<typeof CacheRule>;
export const CacheRules = z.strictObject({ rules: z.array(CacheRule) });

export const NewDatabase = z.strictObject({ name: ResourceName, primary_location_hint: Location.optional() });

const SingleQuery = z.strictObject({ sql: z.string().min(1).max(100_000), params: z.array(z.string()).default([]) });
export const Query = z.union([
  z.strictObject({ batch: z.array(SingleQuery).min(1) }),
  SingleQuery.transform((query) => ({ batch: [query] })),
]);

export const Subdomain = z.strictObject({ subdomain: z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/) });
export const ScriptSubdomain = z.strictObject({ enabled: z.boolean(), previews_enabled: z.boolean().optional() });
export const NewDomain = z.strictObject({ hostname: z.hostname(), service: z.string(), zone_id: z.string() });
export const NewSecret = z.strictObject({
  name: z.string().regex(/^[A-Z_]+$/),
  text: z.string().min(1).max(5_120),
  type: z.literal("secret_text"),
});
export const Schedules = z.array(z.strictObject({ cron: z.string() }));

export const AssetManifest = z.object({
  manifest: z.record(z.string().startsWith("/"), z.strictObject({ hash: z.string(), size: z.int() })),
});

const Observability = z.strictObject({ enabled: z.boolean(), head_sampling_rate: z.number().min(0).max(1) });
const CodeUpdate = z.strictObject({ mode: z.enum(["immediate", "deferred"]), max_delay: z.number().optional() });

const Binding = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("plain_text"), name: z.string(), text: z.string() }),
  z.strictObject({ type: z.literal("r2_bucket"), name: z.string(), bucket_name: z.string() }),
  z.strictObject({ type: z.literal("d1"), name: z.string(), id: z.uuid() }),
  z.strictObject({ type: z.literal("durable_object_namespace"), name: z.string(), class_name: z.string() }),
  z.strictObject({ type: z.literal("assets"), name: z.string() }),
]);

/** What an upload of a Worker may say; `passthrough` of the rest would hide what wrangler does. */
export const ScriptMetadata = z.strictObject({
  main_module: z.string(),
  bindings: z.array(Binding),
  compatibility_date: z.iso.date(),
  compatibility_flags: z.array(z.string()),
  keep_bindings: z.array(z.enum(["plain_text", "json", "secret_text", "secret_key"])).default([]),
  migrations: z
    .strictObject({
      old_tag: z.string().optional(),
      new_tag: z.string(),
      steps: z.array(z.strictObject({ new_sqlite_classes: z.array(z.string()) })),
    })
    .optional(),
  observability: Observability,
  assets: z
    .strictObject({
      jwt: z.string(),
      config: z.looseObject({ run_worker_first: z.boolean().optional() }).optional(),
    })
    .optional(),
  annotations: z.record(z.string(), z.unknown()).optional(),
  keep_assets: z.boolean().optional(),
  code_update_strategy: CodeUpdate.optional(),
});
export type ScriptMetadata = z.infer<typeof ScriptMetadata>;

export const NewDeployment = z.strictObject({
  strategy: z.literal("percentage"),
  versions: z.array(z.strictObject({ version_id: z.uuid(), percentage: z.literal(100) })).length(1),
  annotations: z.strictObject({ "workers/message": z.string().max(1_000).optional() }).optional(),
  code_update_strategy: CodeUpdate.optional(),
});

export const ScriptSettings = z.strictObject({
  observability: Observability.optional(),
  tags: z.array(z.string()).optional(),
});
