import { Clock, definePlugin } from '@alcove/sdk';

export default definePlugin({
  slots: {
    'admin.dashboard': {
      render: (context) =>
        context.view('card', { now: context.get(Clock).now().toISOString(), zone: context.viewer.timeZone }),
    },
  },
  panels: {
    about: { title: 'about.title', render: (context) => context.view('about', { id: context.id }) },
  },
});
