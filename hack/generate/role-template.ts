/**
 * Helm's template of what a file of config/rbac has, comments included: the namespace is the release's, the ServiceAccount is
 * called as the values say, and the values say what is made.
 *
 * @param component - "controller" or "speaker".
 */
export function roleTemplate(component: string, manifests: string): string {
  const [head = "", ...rest] = manifests.split(/^(?=apiVersion:)/m);
  const documents = rest.map((text) => document(component, text.replace(/^---\n/m, "")));
  return `{{- /* Generated from config/rbac/${component}.yaml by "make generate": do not edit. */}}\n${head}${documents.join("---\n")}`;
}

function document(component: string, text: string): string {
  const account = `{{ .Values.${component}.serviceAccount.name }}`;
  const isAccount = text.includes("\nkind: ServiceAccount\n");
  const condition = isAccount ? `${component}.serviceAccount` : "rbac";
  const body = text
    .replace(isAccount ? /(?<=\n {2}name: ).*/ : /(?<=kind: ServiceAccount\n {4}name: ).*/, account)
    .replaceAll("namespace: fairlead-system", "namespace: {{ .Release.Namespace }}")
    .replace("\nmetadata:\n", '\nmetadata:\n  labels:\n    {{- include "fairlead.labels" . | nindent 4 }}\n');
  return `{{- if .Values.${condition}.create }}\n${body}{{- end }}\n`;
}
