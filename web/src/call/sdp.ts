/** The little this program reads out of session descriptions. */

/** The random number of the browser's connection (RFC 8866 `o=`): another number is another connection. */
export function sessionOf(sdp: string): string {
  return /^o=\S+ (\d+)/m.exec(sdp)?.[1] ?? "";
}

/** The SHA-256 certificate fingerprint a description promises, as bytes in hex without colons. */
export function fingerprintOf(sdp: string): string | null {
  const found = /^a=fingerprint:sha-256 ([0-9A-F:]+)/im.exec(sdp)?.[1];
  return found ? found.replaceAll(":", "").toLowerCase() : null;
}
