// Plain JavaScript, kept to syntax that old Nodes parse: its one job is to say in one line that the Node is too old,
// before a newer file fails somewhere inside. Imported by sessionbench.mjs, and run by itself before the tests.
const required = [22, 19]
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
// 23 lacked until 23.5 what 22.15 has (module.registerHooks), and is no longer maintained.
if (major < required[0] || (major === required[0] && minor < required[1]) || (major === 23 && minor < 5)) {
  process.stderr.write(
    `sessionbench needs Node ${required.join('.')} or newer (of 23 from 23.5), this is ${process.version}: in this repository "npm ci" installs one for npm scripts; elsewhere update Node.\n`,
  )
  process.exit(2)
}
