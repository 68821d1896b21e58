<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="en" sourcelanguage="en">
<context>
    <name>modelarium::TestLooks</name>
    <message numerus="yes">
        <source>The test rows were looked at for %Ln different models.</source>
        <translation>
            <numerusform>The test rows were looked at for one model.</numerusform>
            <numerusform>The test rows were looked at for %Ln different models.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>The test rows were looked at for %Ln different models. The more often one chooses by them, the rosier their score.</source>
        <translation>
            <numerusform>The test rows were looked at for %Ln different models. The more often one chooses by them, the rosier their score.</numerusform>
            <numerusform>The test rows were looked at for %Ln different models. The more often one chooses by them, the rosier their score.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>modelarium::ImportancePart</name>
    <message numerus="yes">
        <source>And %Ln more feature(s), none above %1.</source>
        <translation>
            <numerusform>And one more feature, at %1.</numerusform>
            <numerusform>And %Ln more features, none above %1.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>modelarium::DependencePart</name>
    <message numerus="yes">
        <source>And %Ln more level(s).</source>
        <translation>
            <numerusform>And one more level.</numerusform>
            <numerusform>And %Ln more levels.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>modelarium::RunsPanel</name>
    <message numerus="yes">
        <source>%Ln run(s) were added.</source>
        <translation>
            <numerusform>One run was added.</numerusform>
            <numerusform>%Ln runs were added.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Train these %Ln learner(s)</source>
        <translation>
            <numerusform>Train this learner</numerusform>
            <numerusform>Train these %Ln learners</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%1, %Ln step(s), trained in %2 s.</source>
        <translation>
            <numerusform>%1, one step, trained in %2 s.</numerusform>
            <numerusform>%1, %Ln steps, trained in %2 s.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>modelarium::RunChanges</name>
    <message numerus="yes">
        <source>%Ln row(s) more</source>
        <translation>
            <numerusform>one row more</numerusform>
            <numerusform>%Ln rows more</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln row(s) fewer</source>
        <translation>
            <numerusform>one row fewer</numerusform>
            <numerusform>%Ln rows fewer</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>modelarium::ComponentsPart</name>
    <message numerus="yes">
        <source>%Ln direction(s) keep %1 of the variance.</source>
        <translation>
            <numerusform>One direction keeps %1 of the variance.</numerusform>
            <numerusform>%Ln directions keep %1 of the variance.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>modelarium::ModelCard</name>
    <message numerus="yes">
        <source>%Ln number(s) are all that this model is, the threshold among them.</source>
        <translation>
            <numerusform>One number is all that this model is, the threshold.</numerusform>
            <numerusform>%Ln numbers are all that this model is, the threshold among them.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln number(s) are all that this model is.</source>
        <translation>
            <numerusform>One number is all that this model is.</numerusform>
            <numerusform>%Ln numbers are all that this model is.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%1, learned from %Ln row(s) of %2.</source>
        <translation>
            <numerusform>%1, learned from one row of %2.</numerusform>
            <numerusform>%1, learned from %Ln rows of %2.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%1, learned from %Ln row(s); the file does not say of which data.</source>
        <translation>
            <numerusform>%1, learned from one row; the file does not say of which data.</numerusform>
            <numerusform>%1, learned from %Ln rows; the file does not say of which data.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>modelarium::RowEdits</name>
    <message numerus="yes">
        <source>Delete %Ln row(s)</source>
        <translation>
            <numerusform>Delete a row</numerusform>
            <numerusform>Delete %Ln rows</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>modelarium::Stages</name>
    <message numerus="yes">
        <source>Groups are looked for in %Ln feature(s); nothing is predicted.</source>
        <translation>
            <numerusform>Groups are looked for in one feature; nothing is predicted.</numerusform>
            <numerusform>Groups are looked for in %Ln features; nothing is predicted.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Directions are looked for in %Ln feature(s); nothing is predicted.</source>
        <translation>
            <numerusform>Directions are looked for in one feature; nothing is predicted.</numerusform>
            <numerusform>Directions are looked for in %Ln features; nothing is predicted.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln feature(s) predict %1.</source>
        <translation>
            <numerusform>One feature predicts %1.</numerusform>
            <numerusform>%Ln features predict %1.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln row(s) of %1.</source>
        <translation>
            <numerusform>One row of %1.</numerusform>
            <numerusform>%Ln rows of %1.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>modelarium::UsePage</name>
    <message numerus="yes">
        <source>Certificate: %Ln reference row(s) with their predictions lie in the file and are computed again whenever it is opened.</source>
        <translation>
            <numerusform>Certificate: a reference row with its prediction lies in the file and is computed again whenever it is opened.</numerusform>
            <numerusform>Certificate: %Ln reference rows with their predictions lie in the file and are computed again whenever it is opened.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Predicted %Ln row(s) of %1 in %2 ms.</source>
        <translation>
            <numerusform>Predicted one row of %1 in %2 ms.</numerusform>
            <numerusform>Predicted %Ln rows of %1 in %2 ms.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>modelarium::StepsPart</name>
    <message numerus="yes">
        <source>%Ln row(s)</source>
        <translation>
            <numerusform>one row</numerusform>
            <numerusform>%Ln rows</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln cell(s)</source>
        <translation>
            <numerusform>one cell</numerusform>
            <numerusform>%Ln cells</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln column(s)</source>
        <translation>
            <numerusform>one column</numerusform>
            <numerusform>%Ln columns</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>modelarium::BeforeAfterPart</name>
    <message numerus="yes">
        <source>%Ln training row(s)</source>
        <translation>
            <numerusform>one training row</numerusform>
            <numerusform>%Ln training rows</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln row(s) of this table</source>
        <translation>
            <numerusform>one row of this table</numerusform>
            <numerusform>%Ln rows of this table</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln more column(s) come from it.</source>
        <translation>
            <numerusform>One more column comes from it.</numerusform>
            <numerusform>%Ln more columns come from it.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>modelarium::HistogramChart</name>
    <message numerus="yes">
        <source>%Ln row(s)</source>
        <translation>
            <numerusform>1 row</numerusform>
            <numerusform>%Ln rows</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln other(s)</source>
        <translation>
            <numerusform>%Ln other</numerusform>
            <numerusform>%Ln others</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>modelarium::StepWords</name>
    <message numerus="yes">
        <source>%1 and %Ln more</source>
        <translation>
            <numerusform>%1 and %Ln more</numerusform>
            <numerusform>%1 and %Ln more</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>modelarium::SplitPart</name>
    <message numerus="yes">
        <source>%Ln row(s) to learn from, %1 kept back.</source>
        <translation>
            <numerusform>1 row to learn from, %1 kept back.</numerusform>
            <numerusform>%Ln rows to learn from, %1 kept back.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln row(s) to learn from, %1 kept back, %2 left out because their target is missing.</source>
        <translation>
            <numerusform>1 row to learn from, %1 kept back, %2 left out because their target is missing.</numerusform>
            <numerusform>%Ln rows to learn from, %1 kept back, %2 left out because their target is missing.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>modelarium::LearnOnPart</name>
    <message numerus="yes">
        <source>%Ln row(s)</source>
        <translation>
            <numerusform>1 row</numerusform>
            <numerusform>%Ln rows</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln row(s) without a target took no part.</source>
        <translation>
            <numerusform>1 row without a target took no part.</numerusform>
            <numerusform>%Ln rows without a target took no part.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>modelarium::MainWindow</name>
    <message numerus="yes">
        <source>%1 So it is with %Ln more column(s).</source>
        <translation>
            <numerusform>%1 So it is with one more column.</numerusform>
            <numerusform>%1 So it is with %Ln more columns.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%1, first %Ln row(s)</source>
        <translation>
            <numerusform>%1, first row</numerusform>
            <numerusform>%1, first %Ln rows</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%1, %Ln row(s)</source>
        <translation>
            <numerusform>%1, 1 row</numerusform>
            <numerusform>%1, %Ln rows</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>modelarium::Tours</name>
    <message numerus="yes">
        <source>%Ln row(s)</source>
        <translation>
            <numerusform>1 row</numerusform>
            <numerusform>%Ln rows</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln column(s)</source>
        <translation>
            <numerusform>1 column</numerusform>
            <numerusform>%Ln columns</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Trained %1 in %Ln step(s).</source>
        <translation>
            <numerusform>Trained %1 in one step.</numerusform>
            <numerusform>Trained %1 in %Ln steps.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Froze it: %Ln number(s) are the model.</source>
        <translation>
            <numerusform>Froze it: one number is the model.</numerusform>
            <numerusform>Froze it: %Ln numbers are the model.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Opened it again: the checksum and the certificate of %Ln reference row(s) agree.</source>
        <translation>
            <numerusform>Opened it again: the checksum and the certificate of one reference row agree.</numerusform>
            <numerusform>Opened it again: the checksum and the certificate of %Ln reference rows agree.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>modelarium::RunSheet</name>
    <message numerus="yes">
        <source>%Ln row(s)</source>
        <translation>
            <numerusform>1 row</numerusform>
            <numerusform>%Ln rows</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%1 to %Ln row(s)</source>
        <translation>
            <numerusform>%1 to 1 row</numerusform>
            <numerusform>%1 to %Ln rows</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>The test rows were looked at for %Ln different models. The more often one chooses by them, the rosier their score.</source>
        <translation>
            <numerusform>The test rows were looked at for %Ln different models. The more often one chooses by them, the rosier their score.</numerusform>
            <numerusform>The test rows were looked at for %Ln different models. The more often one chooses by them, the rosier their score.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>modelarium::LearningCurvePart</name>
    <message numerus="yes">
        <source>%Ln share(s) of the rows gave less than %1, which is not drawn.</source>
        <translation>
            <numerusform>One share of the rows gave less than %1, which is not drawn.</numerusform>
            <numerusform>%Ln shares of the rows gave less than %1, which is not drawn.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>With %Ln row(s): %1.</source>
        <translation>
            <numerusform>With one row: %1.</numerusform>
            <numerusform>With %Ln rows: %1.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>modelarium::PlotCard</name>
    <message numerus="yes">
        <source>%Ln point(s). The probe reads %1.</source>
        <translation>
            <numerusform>One point. The probe reads %1.</numerusform>
            <numerusform>%Ln points. The probe reads %1.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>modelarium::PlotView</name>
    <message numerus="yes">
        <source>and %Ln more</source>
        <translation>
            <numerusform>and %Ln more</numerusform>
            <numerusform>and %Ln more</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>modelarium::DataPage</name>
    <message numerus="yes">
        <source>%Ln row(s)</source>
        <translation>
            <numerusform>1 row</numerusform>
            <numerusform>%Ln rows</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln column(s)</source>
        <translation>
            <numerusform>1 column</numerusform>
            <numerusform>%Ln columns</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>modelarium::ConfusionMatrix</name>
    <message numerus="yes">
        <source>%1 of %Ln row(s) of %2 predicted right (%3).</source>
        <translation>
            <numerusform>%1 of 1 row of %2 predicted right (%3).</numerusform>
            <numerusform>%1 of %Ln rows of %2 predicted right (%3).</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%1 of %Ln row(s) of %2 taken for %3 (%4).</source>
        <translation>
            <numerusform>%1 of 1 row of %2 taken for %3 (%4).</numerusform>
            <numerusform>%1 of %Ln rows of %2 taken for %3 (%4).</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>modelarium::BottomCard</name>
    <message numerus="yes">
        <source>%Ln step(s) a second</source>
        <translation>
            <numerusform>%Ln step a second</numerusform>
            <numerusform>%Ln steps a second</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>modelarium::Experiment</name>
    <message numerus="yes">
        <source>Learn from %Ln row(s)</source>
        <translation>
            <numerusform>Learn from 1 row</numerusform>
            <numerusform>Learn from %Ln rows</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source> and %Ln more</source>
        <translation>
            <numerusform> and %Ln more</numerusform>
            <numerusform> and %Ln more</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>modelarium::PreviewPage</name>
    <message numerus="yes">
        <source>First %Ln row(s) of %1; reading the rest …</source>
        <translation>
            <numerusform>First row of %1; reading the rest …</numerusform>
            <numerusform>First %Ln rows of %1; reading the rest …</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%1, first %Ln row(s)</source>
        <translation>
            <numerusform>%1, first row</numerusform>
            <numerusform>%1, first %Ln rows</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>modelarium::PenaltyPathPart</name>
    <message numerus="yes">
        <source>%Ln fold(s)</source>
        <translation>
            <numerusform>%Ln fold</numerusform>
            <numerusform>%Ln folds</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln feature(s) in use</source>
        <translation>
            <numerusform>%Ln feature in use</numerusform>
            <numerusform>%Ln features in use</numerusform>
        </translation>
    </message>
</context>
</TS>
