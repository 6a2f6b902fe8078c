from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('preflight', '0003_name_of_change'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='reminder',
            name='not_applying_has_a_reason',
        ),
    ]
