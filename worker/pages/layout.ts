import { html } from "hono/html";

/** HTML that is already escaped. */
export type Markup = ReturnType<typeof html>;

type Layout = {
  title: string;
  description: string;
  /** Class of <body>: which page this is, for the stylesheet. */
  kind: "player" | "embed" | "stations" | "missing";
  scripted: boolean;
  body: Markup;
};

/** The whole document around a page's body. */
export function renderLayout({ title, description, kind, scripted, body }: Layout): string {
  const script = scripted ? html`<script type="module" src="/assets/player.js"></script>` : "";
  return flatten(html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>${title}</title>
<meta name="description" content="${description}">
<meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover">
<meta name="color-scheme" content="dark light">
<meta name="theme-color" media="(prefers-color-scheme: dark)" content="#0d1020">
<meta name="theme-color" media="(prefers-color-scheme: light)" content="#f7f3ec">
<link rel="icon" type="image/svg+xml" href="/assets/favicon.svg">
<link rel="stylesheet" href="/assets/player.css">
${script}
</head>
<body class="${kind}">
${body}
</body>
</html>
`);
}

/** Our pages never nest promises, so their markup is a string already. */
function flatten(markup: Markup): string {
  if (markup instanceof Promise) throw new TypeError("A page must not wait for anything.");
  return markup.toString();
}
