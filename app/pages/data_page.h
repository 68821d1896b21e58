#pragma once

#include "app/document/experiment.h"

#include <QWidget>

class QComboBox;
class QFormLayout;
class QLabel;
class QListView;
class QSpinBox;
class QDoubleSpinBox;
class QTableView;
class QToolButton;

namespace modelarium {

class ColumnsModel;
class ReceiptModel;

/// Stage 1: where the rows come from, how the file was read, what each column is, and which one is to be predicted.
class DataPage : public QWidget {
    Q_OBJECT

public:
    explicit DataPage(Experiment& experiment, QWidget* parent = nullptr);

Q_SIGNALS:
    void openWanted();
    void startPageWanted();

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    QWidget* makeSource();
    QWidget* makeTarget();
    QWidget* makeColumns();
    QWidget* makeGenerator();
    QWidget* makeReceipt();
    QWidget* makeImportChoices();

    void fitColumns();
    void fitNames();
    void followSource();
    void followRoles();
    void followPositive();
    void followImportChoices();
    void fillTypeChoices();
    void readAgain();
    void generateAgain();
    void chooseType(int index);

    Experiment& m_experiment;
    ColumnsModel* m_columns = nullptr;
    ReceiptModel* m_receipt = nullptr;

    QLabel* m_name = nullptr;
    QLabel* m_size = nullptr;
    QLabel* m_lesson = nullptr;
    QComboBox* m_target = nullptr;
    QComboBox* m_task = nullptr;
    QFormLayout* m_targetForm = nullptr;
    QComboBox* m_positive = nullptr;                        ///< there where there are two classes
    QTableView* m_columnsView = nullptr;
    QLabel* m_receiptNone = nullptr;                        ///< in place of an empty list
    QListView* m_receiptView = nullptr;

    QWidget* m_generatorPart = nullptr;
    QSpinBox* m_rows = nullptr;
    QDoubleSpinBox* m_noise = nullptr;
    QSpinBox* m_seed = nullptr;

    QWidget* m_receiptPart = nullptr;
    QWidget* m_importPart = nullptr;
    QComboBox* m_delimiter = nullptr;
    QComboBox* m_decimal = nullptr;
    QComboBox* m_encoding = nullptr;
    QComboBox* m_header = nullptr;
    QComboBox* m_typedColumn = nullptr;
    QComboBox* m_type = nullptr;
};

} // namespace modelarium
