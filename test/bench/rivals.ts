/** Where the rivals lie that `npm run bench` fetched; nothing where they could not be had. */
const { TOCSIN_RIVALS: given = 'none' } = process.env;

export const rivals = given === 'none' ? undefined : given;
