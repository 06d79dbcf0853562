import { useEffect, useState } from 'preact/hooks';
import { BottomBar } from '../bottom-bar/BottomBar';
import { DevicePanel } from '../device-panel/DevicePanel';
import { DropTarget } from '../drop-target/DropTarget';
import { ExportPanel } from '../export-panel/ExportPanel';
import { Header } from '../header/Header';
import { Hint } from '../hint/Hint';
import { KeyList } from '../key-list/KeyList';
import { LookInside } from '../look-inside/LookInside';
import { LossPanel } from '../loss-panel/LossPanel';
import { Prompt } from '../prompt/Prompt';
import { ModelPanel, TrainingPanel } from '../recipe-panel/RecipePanel';
import { FileButtons } from '../run-controls/FileButtons';
import { Notes } from '../run-controls/Notes';
import { RunControls } from '../run-controls/RunControls';
import { RunsPanel } from '../runs-list/RunsPanel';
import { SharePanel } from '../share/SharePanel';
import { SharedStrip } from '../shared-strip/SharedStrip';
import { Sheet } from '../sheet/Sheet';
import { useTab } from '../tab/use-tab';
import { TextAddress } from '../text-address/TextAddress';
import { TextEditor } from '../text-editor/TextEditor';
import { TextPanel } from '../text-panel/TextPanel';
import { TextView } from '../text-view/TextView';
import { useApp } from '../use-app';
import { useKeeping } from '../use-keeping';
import { useKeys } from '../use-keys';
import { WritingPanel } from '../writing-panel/WritingPanel';
import { Announcer } from './Announcer';
import './Page.css';

// Below this width the page is one column and settings are sheets; Page.css has it as well.
const narrowPage = matchMedia('(max-width: 759px)');

export function Page() {
  const app = useApp();
  useKeys();
  useTab();
  useKeeping();
  // Before anything is drawn, which would be of the wrong page otherwise.
  useState(() => (app.view.narrow.value = narrowPage.matches));
  useEffect(() => {
    const follow = () => {
      app.view.narrow.value = narrowPage.matches;
      app.view.sheet.value = null;
    };
    narrowPage.addEventListener('change', follow);
    return () => narrowPage.removeEventListener('change', follow);
  }, [app]);
  const narrow = app.view.narrow.value;
  return (
    <div class="page">
      <Header />
      <SharedStrip />
      <Hint />
      {!narrow && (
        <aside class="settings" aria-label="Text and recipe">
          <div class="settings-scroll">
            <TextPanel />
            <ModelPanel />
            <TrainingPanel />
            <RunsPanel />
            <DevicePanel />
          </div>
          <RunControls />
        </aside>
      )}
      <main class="work">
        <LossPanel />
        <div class="writing-column">
          <WritingPanel />
          <Prompt />
        </div>
        <LookInside />
      </main>
      {narrow && (
        <>
          <BottomBar />
          <Sheet name="text" title="Text">
            <TextPanel />
          </Sheet>
          <Sheet name="model" title="Model">
            <ModelPanel />
          </Sheet>
          <Sheet name="training" title="Training">
            <TrainingPanel />
            <DevicePanel />
            <RunControls />
          </Sheet>
          <Sheet name="runs" title="Runs">
            <div class="sheet-notes">
              <Notes />
              <div class="run-files">
                <FileButtons />
              </div>
            </div>
            <RunsPanel />
          </Sheet>
        </>
      )}
      <TextEditor />
      <TextView />
      <TextAddress />
      <KeyList />
      <ExportPanel />
      <SharePanel />
      <DropTarget />
      <Announcer />
    </div>
  );
}
