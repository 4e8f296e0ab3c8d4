import type { StatusPatch } from "./ports.ts";

/**
 * A status after a patch: objects merge, null removes, anything else replaces (RFC 7386); `conditions` are merged by
 * type, as the API server does for a strategic merge patch.
 */
export function mergeStatus(status: unknown, patch: StatusPatch): Record<string, unknown> {
  const merged: Record<string, unknown> = isObject(status) ? { ...status } : {};
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete merged[key];
    else if (key === "conditions") merged[key] = mergeConditions(merged[key], value);
    else if (isObject(value)) merged[key] = mergeStatus(merged[key], value);
    else merged[key] = value;
  }
  return merged;
}

function mergeConditions(held: unknown, changed: unknown): unknown {
  if (!Array.isArray(held) || !Array.isArray(changed)) return changed;
  const changedTypes = new Set(changed.map(({ type }: { type: string }) => type));
  return [...held.filter(({ type }: { type: string }) => !changedTypes.has(type)), ...changed];
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
