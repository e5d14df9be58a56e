from . import product_category
from . import product_template
from . import product_product
from . import bop_sheet
from . import bop_line
from . import bop_property
from . import sale_order
