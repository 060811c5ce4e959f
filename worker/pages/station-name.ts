/** What a page needs to know of a station. */
export type StationName = { slug: string; name: string };
