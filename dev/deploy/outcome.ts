/** What became of a step: whether the account is another one than before, and what a person is told. */
export type Outcome = { changed: boolean; said: string };
