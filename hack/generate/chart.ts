// What of the chart fairlead is said elsewhere: its roles (config/rbac), and the table of values in its README.
import { readFile } from "node:fs/promises";
import { parse } from "yaml";
import type { GeneratedFile } from "./generated-file.ts";
import { roleTemplate } from "./role-template.ts";
import { type Schema, valuesTable } from "./values-table.ts";

const ROOT = new URL("../../", import.meta.url);
const read = (path: string): Promise<string> => readFile(new URL(path, ROOT), "utf8");

/** The files of config/chart that are generated. */
export async function chartFiles(): Promise<GeneratedFile[]> {
  const roles = ["controller", "speaker"].map(async (component) => ({
    path: `config/chart/templates/rbac-${component}.yaml`,
    text: roleTemplate(component, await read(`config/rbac/${component}.yaml`)),
  }));
  return [...(await Promise.all(roles)), await readme()];
}

async function readme(): Promise<GeneratedFile> {
  const path = "config/chart/README.md";
  const schema = JSON.parse(await read("config/chart/values.schema.json")) as Schema;
  const table = valuesTable(schema, parse(await read("config/chart/values.yaml")));
  const text = (await read(path)).replace(/(?<=<!-- values -->\n)[\s\S]*(?=<!-- end of values -->)/, () => table);
  return { path, text };
}
