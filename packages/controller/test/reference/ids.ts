/** Every id of the reference, which describes what MetalLB does, about allocation (P, A, E): "tested", or why no row is about it. */
export const IDS: ReadonlyMap<string, string> = new Map([
  ...all(
    "tested",
    "P-01 P-02 P-03 P-04 P-05 P-06 P-07 P-08 P-09 P-10 P-11 P-12 P-13 P-14 P-15 P-16 P-17 P-18",
    "A-01 A-02 A-03 A-04 A-05 A-06 A-07 A-08 A-09 A-10 A-11 A-12 A-13 A-14 A-20 A-21 A-22 A-23 A-24 A-25 A-26",
    "A-30 A-31 A-32 A-33 A-34 A-35 A-36 A-37 A-38 A-39 A-50 A-51 A-52 A-53 A-54 A-55 A-57 A-58",
    "A-60 A-61 A-62 A-63 A-64 A-65 A-66 A-67 A-68 A-69 A-70 A-71 A-72 A-73 A-74 A-75 A-76 A-77 A-78 A-79 A-80 A-81",
    "A-90 A-91 A-92 A-93 A-94 A-95 A-96 A-97 A-98",
    "E-002 E-004 E-005 E-007 E-009 E-010 E-012 E-014 E-015 E-017 E-019 E-020 E-022 E-024 E-025 E-027 E-029",
    "E-030 E-032 E-034 E-035 E-037 E-039 E-040 E-042 E-044 E-045 E-047 E-049 E-050 E-052 E-054 E-055 E-057 E-059",
    "E-070 E-072 E-074 E-075 E-077 E-079 E-080 E-082 E-084 E-085 E-087 E-089 E-090 E-092 E-094 E-095 E-097 E-099",
    "E-100 E-102 E-104 E-105 E-107 E-109 E-110 E-112 E-114 E-115 E-117 E-130 E-132 E-144 E-145 E-147 E-162 E-175",
  ),
  ...all("the columns of kubectl get, which config/crd has", "P-19"),
  ...all("the API server lets no two pools have one name", "P-20"),
  ...all("announcing: what cordons, taints and the condition Ready of a node mean to speakers", "A-15"),
  ...all("what MetalLB does not do, and nothing that a row could repeat", "A-40"),
  ...all("what is out of date in MetalLB's documents", "A-82"),
  ...all("Layer 2: the owner of a shared address", "A-56"),
  ...all("Layer 2: L2Advertisement", "E-174 E-177 E-185"),
  ...all("Layer 2: preferred nodes", "E-182 E-184 E-187"),
  ...all("Layer 2: the speaker", "E-200 E-202 E-204 E-205 E-207 E-209 E-210 E-212 E-214 E-215 E-217 E-219 E-220"),
  ...all("Layer 2: the speaker", "E-222 E-224 E-225"),
  ...all("BGP: peers", "E-134 E-135 E-137 E-139 E-140 E-142 E-164 E-165 E-167 E-179 E-189 E-190 E-192"),
  ...all("BGP: BFD profiles", "E-169 E-170"),
  ...all("BGP: advertisements", "E-149 E-150 E-152 E-154 E-155 E-157 E-159 E-160 E-172 E-180"),
  ...all("BGP: the speaker", "E-230 E-232 E-234 E-235 E-237 E-239 E-240 E-242 E-244 E-245 E-247 E-249 E-250 E-252"),
]);

function all(said: string, ...ids: string[]): [id: string, said: string][] {
  return ids.flatMap((line) => line.split(" ")).map((id) => [id, said]);
}
