import type { MessageDescriptor } from '@lingui/core';
import { msg } from '@lingui/core/macro';
import type { Permission } from '../../api/me.ts';

export interface PermissionGroup {
  readonly subject: MessageDescriptor;
  /** What it lets people do, beginning with the least. */
  readonly permissions: readonly (readonly [Permission, MessageDescriptor])[];
}

/** What may be allowed, in plain words. A test holds it to what the server knows. */
export const permissionGroups: readonly PermissionGroup[] = [
  {
    subject: msg`Files`,
    permissions: [
      ['assets:read', msg`See and download`],
      ['assets:write', msg`Upload and delete`],
    ],
  },
  {
    subject: msg`Jobs and batches`,
    permissions: [
      ['jobs:read', msg`See them and their results`],
      ['jobs:write', msg`Start, cancel and delete`],
    ],
  },
  {
    subject: msg`Templates`,
    permissions: [
      ['templates:read', msg`See and use`],
      ['templates:write', msg`Save and delete`],
    ],
  },
  {
    subject: msg`Schedules`,
    permissions: [
      ['schedules:read', msg`See`],
      ['schedules:write', msg`Plan and change`],
    ],
  },
  {
    subject: msg`Shared links`,
    permissions: [
      ['shares:read', msg`See`],
      ['shares:write', msg`Make and take back`],
    ],
  },
  {
    subject: msg`Webhooks`,
    permissions: [
      ['webhooks:read', msg`See what was sent`],
      ['webhooks:write', msg`Set up, and see secrets`],
    ],
  },
  {
    subject: msg`API keys`,
    permissions: [
      ['keys:read', msg`See which there are`],
      ['keys:write', msg`Make and revoke`],
    ],
  },
  {
    subject: msg`Members`,
    permissions: [
      ['members:read', msg`See who belongs here`],
      ['members:write', msg`Invite, change and remove`],
    ],
  },
  {
    subject: msg`Roles`,
    permissions: [
      ['roles:read', msg`See`],
      ['roles:write', msg`Make and change`],
    ],
  },
  {
    subject: msg`Workspace`,
    permissions: [
      ['tenant:read', msg`See its settings`],
      ['usage:read', msg`See plan and usage`],
      ['audit:read', msg`Read the record of what was done`],
      ['tenant:write', msg`Change its settings`],
      ['privacy:write', msg`Export or erase all of it`],
    ],
  },
];
