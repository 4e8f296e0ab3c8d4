import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

/** Programs that `hack/programs/build` makes together; its head says what each group has. */
export type ProgramGroup = "control-plane" | "nodes" | "pause" | "dns" | "suite" | "helm";

/**
 * The folder that a group of others' programs is in: what `hack/programs/build` prints, which builds them if need be (ten
 * minutes for the control plane). The environment's FAIRLEAD_CONTROL_PLANE names another folder for that group.
 *
 * @throws Error with the last line that the build printed.
 */
export async function builtPrograms(group: ProgramGroup): Promise<string> {
  const given = process.env.FAIRLEAD_CONTROL_PLANE;
  if (group === "control-plane" && given !== undefined) return given;
  const build = fileURLToPath(new URL("../../../hack/programs/build", import.meta.url));
  try {
    return (await promisify(execFile)(build, [group])).stdout.trimEnd();
  } catch (cause) {
    const said = (cause as { stderr?: string }).stderr?.trimEnd().split("\n").at(-1);
    throw new Error(`Cannot run programs of group ${group}: ${build} must succeed, got: ${said}`, { cause });
  }
}
