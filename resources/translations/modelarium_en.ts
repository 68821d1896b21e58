<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="en" sourcelanguage="en">
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
