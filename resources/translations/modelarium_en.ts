<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="en" sourcelanguage="en">
<context>
    <name>modelarium::TestLooks</name>
    <message numerus="yes">
        <source>The test rows were looked at for %n different models. The more often one chooses by them, the rosier their score.</source>
        <translation>
            <numerusform>The test rows were looked at for %n different models. The more often one chooses by them, the rosier their score.</numerusform>
            <numerusform>The test rows were looked at for %n different models. The more often one chooses by them, the rosier their score.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>modelarium::RunsPanel</name>
    <message numerus="yes">
        <source>%n run(s) were added.</source>
        <translation>
            <numerusform>One run was added.</numerusform>
            <numerusform>%n runs were added.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Train these %n learner(s)</source>
        <translation>
            <numerusform>Train this learner</numerusform>
            <numerusform>Train these %n learners</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%1, %n step(s), trained in %2 s.</source>
        <translation>
            <numerusform>%1, one step, trained in %2 s.</numerusform>
            <numerusform>%1, %n steps, trained in %2 s.</numerusform>
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
    <name>modelarium::ModelCard</name>
    <message numerus="yes">
        <source>%Ln number(s) are all that this model is.</source>
        <translation>
            <numerusform>One number is all that this model is.</numerusform>
            <numerusform>%Ln numbers are all that this model is.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>modelarium::PreparePage</name>
    <message numerus="yes">
        <source>%n column(s) of 0 and 1</source>
        <translation>
            <numerusform>%n column of 0 and 1</numerusform>
            <numerusform>%n columns of 0 and 1</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>modelarium::RowEdits</name>
    <message numerus="yes">
        <source>Delete %n row(s)</source>
        <translation>
            <numerusform>Delete a row</numerusform>
            <numerusform>Delete %n rows</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>modelarium::Stages</name>
    <message numerus="yes">
        <source>%n feature(s) predict %1.</source>
        <translation>
            <numerusform>One feature predicts %1.</numerusform>
            <numerusform>%n features predict %1.</numerusform>
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
        <source>Certificate: %n reference row(s) with their predictions lie in the file and are computed again whenever it is opened.</source>
        <translation>
            <numerusform>Certificate: a reference row with its prediction lies in the file and is computed again whenever it is opened.</numerusform>
            <numerusform>Certificate: %n reference rows with their predictions lie in the file and are computed again whenever it is opened.</numerusform>
        </translation>
    </message>
</context>
</TS>
