/** Names and types that uploaders give: for people and for browsers, never for paths. */

const MAX_LENGTH = 255;

/** The name without the folders before it and without what cannot be seen; "file" where nothing remains. */
export function cleanFileName(name: string): string {
  const last = name.split(/[/\\]/).at(-1) ?? "";
  const visible = last
    .toWellFormed()
    .replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, "")
    .trim();
  const short = Array.from(visible).slice(0, MAX_LENGTH).join("").slice(0, MAX_LENGTH).toWellFormed();
  return /^\.*$/.test(short) ? "file" : short;
}

/** A name without its extension: what a file is called that has no title. */
export function stemOf(fileName: string): string {
  return fileName.replace(/(?<=.)\.[A-Za-z0-9]{1,5}$/, "");
}

/** Sound and pictures that move keep their type; for all else browsers are to guess nothing and to run nothing. */
export function cleanContentType(type: string | undefined): string {
  const essence = type?.split(";")[0]?.trim().toLowerCase() ?? "";
  return /^(?:audio|video)\/[a-z0-9][a-z0-9.+-]{0,60}$/.test(essence) ? essence : "application/octet-stream";
}

/** RFC 6266: the name for old clients in ASCII, and as it is (RFC 8187). */
export function contentDisposition(kind: "inline" | "attachment", fileName: string): string {
  const ascii = fileName.replaceAll(/[^\x20-\x7e]|["\\%]/g, "_");
  const exact = encodeURIComponent(fileName.toWellFormed()).replaceAll(
    /['()*]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `${kind}; filename="${ascii}"; filename*=UTF-8''${exact}`;
}
