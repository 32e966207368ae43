/** The commands of `vpa`. A command's file, and with it the library, is loaded only when its name is on the line. */
import { createRequire } from 'node:module';
import { Command } from 'commander';

/** Adds arguments, options and the action to a command. */
type Define = (command: Command) => void;

interface Listed {
  readonly name: string;
  readonly summary: string;
  readonly load: () => Promise<Define>;
}

const commands: readonly Listed[] = [
  {
    name: 'create',
    summary: 'make a patch that leads from one version to another',
    load: async () => (await import('./create.ts')).create,
  },
  {
    name: 'inspect',
    summary: 'show what a patch changes, and who signed it',
    load: async () => (await import('./inspect.ts')).inspect,
  },
  {
    name: 'verify',
    summary: 'check a patch, and a folder against it',
    load: async () => (await import('./verify.ts')).verify,
  },
  {
    name: 'apply',
    summary: 'apply a patch to a folder or a layer, all or nothing',
    load: async () => (await import('./apply.ts')).apply,
  },
  {
    name: 'undo',
    summary: 'go back to what was there before the last patch',
    load: async () => (await import('./undo.ts')).undo,
  },
  {
    name: 'status',
    summary: 'tell what an apply has left in a folder',
    load: async () => (await import('./status.ts')).status,
  },
  {
    name: 'recover',
    summary: 'finish or undo what an interrupted run has left',
    load: async () => (await import('./recover.ts')).recover,
  },
  {
    name: 'repair',
    summary: 'bring a damaged folder back to the state of a source',
    load: async () => (await import('./repair.ts')).repair,
  },
  {
    name: 'layer',
    summary: 'import, list, show, export, undo and delete the layers of a store',
    load: async () => (await import('./layer/layer.ts')).layer,
  },
  {
    name: 'diff',
    summary: 'show what differs between two versions, without making a patch',
    load: async () => (await import('./diff.ts')).diff,
  },
  {
    name: 'keygen',
    summary: 'make a key pair for signing patches',
    load: async () => (await import('./keygen.ts')).keygen,
  },
  {
    name: 'sign',
    summary: 'add signatures to a patch',
    load: async () => (await import('./sign.ts')).sign,
  },
  {
    name: 'registry',
    summary: 'show, convert, compare and merge registries in any form',
    load: async () => (await import('./registry/registry.ts')).registry,
  },
];

const examples = `
Examples:
  $ vpa keygen -o acme
  $ vpa create notes-1.0.0 notes-1.1.0 -o notes.vpa --key acme.pem
  $ vpa apply notes.vpa --to /opt/notes --trust acme.pub.pem

Exit status: 0 done, 2 usage, 3 input, 4 malformed patch, 5 not trusted, 6 not the
patch's base, 7 busy or conflict, 8 environment, 130 cancelled.

Run 'vpa COMMAND --help' for the options of a command.`;

/** `words` is the command line, by which is decided what has to be loaded. */
export async function createProgram(words: readonly string[]): Promise<Command> {
  const program = new Command('vpa')
    .description('Makes and applies small, signed patches of virtualized applications: files and registry.')
    .version(version(), '-V, --version')
    .configureOutput({ writeErr: () => undefined })
    .addHelpText('after', examples)
    .exitOverride();
  for (const { name, summary, load } of commands) {
    const command = program.command(name).summary(summary);
    if (words.includes(name)) (await load())(command);
  }
  return program;
}

function version(): string {
  const description: unknown = createRequire(import.meta.url)('gulp-vpa/package.json');
  const known = typeof description === 'object' && description !== null && 'version' in description;
  return known ? String(description.version) : 'unknown';
}
