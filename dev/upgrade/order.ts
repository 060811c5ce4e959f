import { z } from "zod";

export const COMMANDS = ["status", "pause", "resume", "cancel", "rollback"] as const;

const Where = z.object({
  control: z
    .url({ protocol: /^https?$/, error: "CONTROL_URL is not the address of control" })
    .transform((url) => url.replace(/\/+$/, "")),
  token: z.string({ error: "ADMIN_TOKEN is not set" }).min(1, "ADMIN_TOKEN is not set"),
});

const Options = Where.extend({
  version: z.string().optional(),
  image: z.string().optional(),
  origins: z
    .string()
    .transform((list) => list.split(",").filter((id) => id !== ""))
    .optional(),
  "settle-seconds": z.coerce.number().min(0).optional(),
});

/** What control is asked for; `id` is null for the newest upgrade. */
export type Order = z.infer<typeof Where> &
  (
    | { command: "start"; wanted: { version?: string; image?: string; origins?: string[]; settleMs?: number } }
    | { command: (typeof COMMANDS)[number]; id: string | null }
  );

/** Reads the command line; throws an error that says what is wrong with it. */
export function readOrder({ values, positionals }: { values: object; positionals: readonly string[] }): Order {
  const parsed = Options.safeParse(values);
  if (!parsed.success) throw new Error(z.prettifyError(parsed.error));
  const { control, token, version, image, origins, "settle-seconds": settle } = parsed.data;
  const [word, id = null, ...more] = positionals;
  if (more.length > 0) throw new Error(`What is meant by ${more.join(" ")}?`);
  if (word !== undefined) {
    const command = COMMANDS.find((known) => known === word);
    if (!command) throw new Error(`There is no command ${word}.`);
    return { control, token, command, id };
  }
  if (version === undefined && image === undefined) throw new Error("To what? Say --version, --image or both.");
  const wanted = {
    ...(version === undefined ? {} : { version }),
    ...(image === undefined ? {} : { image }),
    ...(origins === undefined ? {} : { origins }),
    ...(settle === undefined ? {} : { settleMs: Math.round(settle * 1000) }),
  };
  return { control, token, command: "start", wanted };
}
