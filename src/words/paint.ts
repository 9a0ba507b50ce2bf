/** Turns text bold, dim or coloured, or leaves it as it is: the caller knows whether there is a terminal. */
export type Paint = (style: 'bold' | 'dim' | 'green' | 'red' | 'yellow', text: string) => string

/** Leaves text as it is. */
export const plain: Paint = (_, text) => text
