/** Whether all that is wanted stands there; the API may answer with more. */
export function contains(found: unknown, wanted: unknown): boolean {
  if (typeof wanted !== "object" || wanted === null) return found === wanted;
  if (typeof found !== "object" || found === null) return false;
  const inner = found as Record<string, unknown>;
  return Object.entries(wanted).every(([key, value]) => contains(inner[key], value));
}
