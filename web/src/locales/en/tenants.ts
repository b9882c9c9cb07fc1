/** Team, settings, flags, audit log and several businesses. */
export const tenants = {
  tenants: {
    title: 'Your businesses',
    about: 'Choose the one to work in.',
    switch: '{name}: change to another business',
  },
  join: {
    title: 'Join {name}',
    plainTitle: 'Invitation',
    about: 'The invitation was sent to {email}. Your role will be: {role}.',
    signIn: 'This address has an account: sign in to accept',
    name: 'Your name',
    password: 'Choose a password',
    passwordHint: 'At least 12 characters.',
    enter: 'Join',
  },
};
