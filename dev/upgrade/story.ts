import { z } from "zod";

export const Upgrade = z.object({
  id: z.string(),
  state: z.string(),
  reason: z.string().nullable(),
  story: z.array(z.object({ at: z.number(), kind: z.string(), origin: z.string().nullable(), message: z.string() })),
});
export type Upgrade = z.infer<typeof Upgrade>;

/** What has happened, a line each: time of day (UTC), where, what. */
export function storyLines({ story }: Pick<Upgrade, "story">): string[] {
  return story.map(({ at, kind, origin, message }) => {
    const time = new Date(at).toISOString().slice(11, 19);
    return `${time}  ${origin ?? kind.replace(/^upgrade-/, "")}: ${message}`;
  });
}
