/** What codes of node:net, node:tls, node:dns and undici mean to whoever set the cluster up. */
const MEANINGS: Readonly<Record<string, string>> = {
  ECONNREFUSED: "nothing listens there",
  ECONNRESET: "the connection was cut",
  UND_ERR_SOCKET: "the connection was cut",
  EHOSTUNREACH: "there is no way to that host",
  ENETUNREACH: "there is no route to that network",
  ETIMEDOUT: "there was no answer in time",
  UND_ERR_CONNECT_TIMEOUT: "there was no answer in time",
  UND_ERR_HEADERS_TIMEOUT: "there was no answer in time",
  ENOTFOUND: "its name does not resolve",
  EAI_AGAIN: "its name does not resolve now",
  ERR_SSL_WRONG_VERSION_NUMBER: "it does not speak TLS",
  CERT_HAS_EXPIRED: "its certificate has expired",
  ERR_TLS_CERT_ALTNAME_INVALID: "its certificate is for other names",
};

/** Codes of OpenSSL that say who signed a certificate. */
const UNKNOWN_AUTHORITY = /^(DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_[A-Z_]*|CERT_UNTRUSTED)$/;

/** Why a request to `server` had no answer: the words of the error, and before them what they mean, where that is known. */
export function explainConnectFailure(server: string, error: unknown): string {
  const said = wordsOf(error);
  const code = String((error as { code?: unknown } | undefined)?.code ?? "");
  const meaning = UNKNOWN_AUTHORITY.test(code)
    ? "its certificate is signed by none of the certificate authorities in the kubeconfig"
    : MEANINGS[code];
  return meaning === undefined ? `${server}: ${said}` : `${server}: ${meaning} (${said})`;
}

/** The message of an error in one line, or of what caused it where it has none. */
export function wordsOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return (error.message || String(error.cause ?? error.name)).replaceAll("\n", " ");
}
