import { statSync } from "node:fs";
import type { KindName } from "@fairlead/model";
import type { Clock, Log } from "@fairlead/runtime";
import { UsageError } from "@fairlead/runtime";
import type { CommonOptions } from "@fairlead/runtime/io";
import type { Store } from "../ports.ts";
import { ApiStore } from "./api-store.ts";
import { FolderStore } from "./folder-store.ts";
import { KubeConfigError } from "./kubeconfig.ts";

/**
 * The store that the command line names.
 *
 * @param onRestart - told of each time that a watch had to start again, and why.
 * @throws UsageError when the folder does not exist or the kubeconfig can't be used.
 */
export async function openStore(
  { store: root, kubeconfig }: Pick<CommonOptions, "store" | "kubeconfig">,
  clock: Clock,
  log: Log,
  onRestart: (kind: KindName, cause: string) => void,
): Promise<Store> {
  if (root !== undefined) {
    if (!statSync(root, { throwIfNoEntry: false })?.isDirectory()) {
      throw new UsageError(`Cannot use --store: dir:PATH must name a folder that exists, got ${JSON.stringify(root)}`);
    }
    return new FolderStore({ root, clock, log });
  }
  try {
    return await ApiStore.open({ kubeconfig, clock, log, onRestart });
  } catch (cause) {
    if (cause instanceof KubeConfigError) throw new UsageError(cause.message, { cause });
    throw cause;
  }
}
