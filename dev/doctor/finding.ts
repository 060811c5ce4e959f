/** What the doctor says of one thing. */
export type Finding = {
  level: "ok" | "warning" | "fault";
  /** What it is about: `edge`, `station demo`, `origin-1`. */
  about: string;
  /** One plain sentence. */
  says: string;
  /** What to do; null where all is well. */
  toDo: string | null;
  /** Where more is said. */
  page: string | null;
};

/** A page of the runbooks by its name. */
const pageOf = (name: string) => `docs/runbooks/${name}.md`;

export const ok = (about: string, says: string): Finding => ({ level: "ok", about, says, toDo: null, page: null });

export const warning = (about: string, says: string, toDo: string, page: string): Finding => ({
  level: "warning",
  about,
  says,
  toDo,
  page: pageOf(page),
});

export const fault = (about: string, says: string, toDo: string, page: string): Finding => ({
  ...warning(about, says, toDo, page),
  level: "fault",
});
