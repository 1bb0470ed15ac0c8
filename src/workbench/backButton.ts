/** Answer of a prompt whose Back button was pressed. */
export const back = Symbol('back');
export type Back = typeof back;
