/** Version of all of Fairlead. */
export const VERSION = "0.1.0";
