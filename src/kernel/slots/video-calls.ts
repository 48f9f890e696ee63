import { ProviderError, type CallContext, type VideoProvider } from '@alcove/sdk';
import type { RunningPlugin } from '../lifecycle/running-plugin.js';
import type { Breaker } from './breaker.js';
import { LateError, within } from './deadline.js';
import { runAs } from '../isolation/running.js';
import { detailOf } from '../lifecycle/detail.js';

/** A video provider as features see it: files of the page by their addresses, every call bounded, counted by the breaker, and failing with nothing but `ProviderError`. */
export function guardVideo(
  plugin: RunningPlugin,
  provider: VideoProvider,
  breaker: Breaker,
  options: { readonly milliseconds: number; readonly address: (file: string) => string },
): VideoProvider {
  const call = async <T>(context: CallContext, work: (own: CallContext) => Promise<T>): Promise<T> => {
    if (!breaker.admits())
      throw new ProviderError('unavailable', `${plugin.id} failed several times and is left alone for a moment`);
    try {
      const answer = await within(
        options.milliseconds,
        (signal) => runAs(plugin.id, () => work({ requestId: context.requestId, signal })),
        { signal: AbortSignal.any([context.signal, plugin.signal]) },
      );
      breaker.succeeded();
      return answer;
    } catch (error) {
      const known = asProviderError(plugin.id, error);
      if (countsAsFailure(known)) breaker.failed();
      else breaker.succeeded();
      throw known;
    }
  };
  return {
    get features() {
      return { ...provider.features };
    },
    openRoom: (context, room) => call(context, (own) => provider.openRoom(own, room)),
    admit: (context, room, participant) => call(context, (own) => provider.admit(own, room, participant)),
    closeRoom: (context, room) => call(context, (own) => provider.closeRoom(own, room)),
    remove: (context, room, participant) => call(context, (own) => provider.remove(own, room, participant)),
    embed: (ticket) => {
      try {
        const { module, stylesheet, config } = runAs(plugin.id, () => provider.embed(ticket));
        return {
          module: options.address(module),
          ...(stylesheet === undefined ? {} : { stylesheet: options.address(stylesheet) }),
          config,
        };
      } catch (error) {
        throw asProviderError(plugin.id, error);
      }
    },
  };
}

/** A refusal or an ability it lacks is an answer; only silence and faults say that the provider is ill. */
const countsAsFailure = (error: ProviderError): boolean => error.kind !== 'rejected' && error.kind !== 'unsupported';

function asProviderError(pluginId: string, error: unknown): ProviderError {
  if (ProviderError.is(error)) return error;
  if (error instanceof LateError)
    return new ProviderError('unavailable', `${pluginId}: ${error.message}`, true, { cause: error });
  return new ProviderError('unavailable', `${pluginId}: ${detailOf(error)}`, false, { cause: error });
}
