/** What wrangler.toml binds: R2 and the static assets, and nothing else ever (invariant 4). */
declare namespace Cloudflare {
  interface Env {
    MEDIA: R2Bucket;
    SEGMENTS: R2Bucket;
    ASSETS: Fetcher;
    LOG_LEVEL?: string;
  }
}
