/** False only for a body that says `{"ready": false}`: the status counts, and bodies differ between servers. */
export function readyFlag(body: Uint8Array): boolean {
  try {
    const said: unknown = JSON.parse(new TextDecoder().decode(body));
    return (said as { ready?: unknown } | null)?.ready !== false;
  } catch {
    return true;
  }
}
