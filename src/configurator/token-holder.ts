/** In place of a name: whoever the token says. */
export const TOKEN_HOLDER = 'you';
