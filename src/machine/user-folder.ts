import { homedir } from "node:os";
import { join, resolve } from "node:path";

/**
 * The folder for what belongs to a user and not to a store: `.termduet` in the home folder. Where there is no home (a
 * container that runs as a user id without a name, a service without HOME) it is `.termduet` in the working directory.
 */
export function userFolder(home: () => string = homedir): string {
  return join(homeFolder(home) ?? resolve("."), ".termduet");
}

/** The home folder; `undefined` where the system names none. */
export function homeFolder(home: () => string = homedir): string | undefined {
  try {
    return home() || undefined;
  } catch {
    return undefined; // neither HOME nor an entry in the user database
  }
}
