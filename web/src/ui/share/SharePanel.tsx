import { useApp } from '../use-app';
import { useDialog } from '../use-dialog';
import { EmbedSection } from './EmbedSection';
import { LinkSection } from './LinkSection';
import { PictureSection } from './PictureSection';
import './SharePanel.css';

// What stands here, for others: as a link, in a page of one's own, as a picture.
export function SharePanel() {
  const { share } = useApp();
  const open = share.open.value;
  const close = () => (share.open.value = false);
  return (
    <dialog class="share-panel" aria-labelledby="share-title" {...useDialog(open, close)}>
      {open && (
        <div class="share-body">
          <div class="share-bar">
            <h2 id="share-title">Share</h2>
            <button class="link small" type="button" onClick={close}>
              Close
            </button>
          </div>
          <LinkSection />
          <PictureSection />
          <EmbedSection />
        </div>
      )}
    </dialog>
  );
}
