/**
 * What a host beside this machine gets unless more is asked for, and when load on it stops: a file of its own, for threads
 * of clients under test read it too and are to load nothing else.
 */
export const capDefaults = Object.freeze({ maxRate: 50, maxConnections: 10, abortOn: 0.05 })
