const maxLength = 300;

/**
 * What a server's error body says, as one short line: `{"error": …}` of the protocol, `{"detail": …}` of FastAPI and
 * MLServer, plain text, or the text of an HTML page. Empty when it says nothing.
 */
export function serverMessage(body: Uint8Array): string {
  // A multiple of what is shown: bodies may be long, and markup is left out below.
  const text = new TextDecoder().decode(body.subarray(0, 64 * 1024)).trim();
  return shorten(fromJson(text) ?? (text.startsWith('<') ? fromHtml(text) : text));
}

function fromJson(text: string): string | undefined {
  if (!text.startsWith('{')) return undefined;
  try {
    const { error, detail, message } = JSON.parse(text) as Readonly<Record<string, unknown>>;
    return asText(error) ?? asText(detail) ?? asText(message);
  } catch {
    return undefined;
  }
}

function asText(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  if (Array.isArray(value)) {
    const parts = value.map(asText).filter((part) => part !== undefined);
    return parts.length === 0 ? undefined : parts.join('; ');
  }
  if (typeof value !== 'object' || value === null) return undefined;
  // MLServer's details also carry the input itself, which must not end up in logs.
  const { msg, message, loc } = value as Readonly<Record<string, unknown>>;
  const said = asText(msg) ?? asText(message);
  return said !== undefined && Array.isArray(loc) ? `${said} at ${loc.join('.')}` : said;
}

function fromHtml(html: string): string {
  return html.replace(/<(style|script)\b[\s\S]*?<\/\1>/gi, ' ').replace(/<[^>]*>/g, ' ');
}

function shorten(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length > maxLength ? `${line.slice(0, maxLength)}…` : line;
}
