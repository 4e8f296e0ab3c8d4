/** A request as the API server's audit log has it (audit.k8s.io/v1 Event, level Metadata). */
export interface AuditEvent {
  readonly user: { readonly username: string };
  readonly verb: string;
  /** Absent for what is no object, such as /readyz. */
  readonly objectRef?: {
    readonly resource: string;
    readonly subresource?: string;
    readonly apiGroup?: string;
    readonly namespace?: string;
    readonly name?: string;
  };
  readonly responseStatus?: { readonly code?: number; readonly message?: string };
}

/** Logs what ServiceAccounts ask for; those of kube-system are the control plane's own. */
export const AUDIT_POLICY = {
  apiVersion: "audit.k8s.io/v1",
  kind: "Policy",
  omitStages: ["RequestReceived"],
  rules: [
    { level: "None", userGroups: ["system:serviceaccounts:kube-system"] },
    { level: "Metadata", userGroups: ["system:serviceaccounts"] },
    { level: "None" },
  ],
};

/** Reads the lines of an audit log; a last line that is not complete yet is left out. */
export function parseAuditLog(text: string): AuditEvent[] {
  const complete = text.split("\n").slice(0, -1);
  return complete.map((line) => JSON.parse(line) as AuditEvent);
}
