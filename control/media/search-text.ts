/** Letters as they are searched: without case, accents and width, in every script. */
export function searchable(text: string): string {
  return text.normalize("NFKD").replaceAll(/\p{M}/gu, "").toLowerCase().replaceAll(/\s+/g, " ").trim();
}

type Described = { title: string; artist: string; album: string; tags: readonly string[]; fileName: string };

/** What of a file is searched, one field a line. */
export function searchTextOf({ title, artist, album, tags, fileName }: Described): string {
  return [title, artist, album, ...tags, fileName].map(searchable).join("\n");
}

/** The words of a question, each of which is to be found: eight at most. */
export function searchTerms(question: string): string[] {
  return searchable(question).split(" ").filter(Boolean).slice(0, 8);
}
