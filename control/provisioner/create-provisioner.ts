import type { Context } from "../context.ts";
import type { Provisioner } from "../health/provisioner.ts";
import { noProvisioner } from "../health/provisioner.ts";
import type { Fetch } from "../outbound/call.ts";
import { createDocker } from "./docker.ts";
import { createHetzner } from "./hetzner.ts";
import { withLease } from "./lease.ts";
import type { ProvisionerSettings } from "./settings.ts";
import { createProvisionerWebhook } from "./webhook.ts";

type ProvisionerDependencies = Pick<Context, "db" | "clock" | "log"> & { fetch: Fetch };

/** The provisioner that the settings name. It calls nobody but whom the settings name. */
export function createProvisioner(settings: ProvisionerSettings, deps: ProvisionerDependencies): Provisioner {
  switch (settings.driver) {
    case "none":
      return noProvisioner;
    case "docker":
      return withLease(createDocker(settings, deps.fetch), deps);
    case "webhook":
      return withLease(createProvisionerWebhook(settings, deps.fetch, deps.clock), deps);
    case "hetzner":
      return withLease(createHetzner(settings, deps.fetch), deps);
  }
}
